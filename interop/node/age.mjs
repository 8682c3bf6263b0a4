// Opens and writes age files with npm age-encryption, which shares no code with Parley.
//
//   node age.mjs open  IDENTITY             file on standard input, plain bytes on standard output
//   node age.mjs seal  RECIPIENT...         plain bytes on standard input, file on standard output
//   node age.mjs recipient IDENTITY         the recipient of an identity
//   node age.mjs identity                   a new identity
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { readFileSync, writeSync } from "node:fs";

function print(bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

const text = new TextEncoder();
const [command, ...keys] = process.argv.slice(2);
switch (command) {
  case "open": {
    const decrypter = new Decrypter();
    decrypter.addIdentity(keys[0]);
    print(await decrypter.decrypt(readFileSync(0)));
    break;
  }
  case "seal": {
    const encrypter = new Encrypter();
    for (const key of keys) encrypter.addRecipient(key);
    print(await encrypter.encrypt(readFileSync(0)));
    break;
  }
  case "recipient":
    print(text.encode(await identityToRecipient(keys[0])));
    break;
  case "identity":
    print(text.encode(await generateHybridIdentity()));
    break;
  default:
    throw new Error(`no such command: ${command}`);
}
