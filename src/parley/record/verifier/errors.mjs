// Three families of error, named after whose fault it is. A code and details, never prose and never document text.

class Failure extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }

  /** The class as vectors and Python call it. */
  get family() {
    return this.constructor.family;
  }
}

/** Bytes that are not of the form asked for. */
export class Malformed extends Failure {
  static family = "malformed";
}

/** A signature, a proof or a commitment that does not hold. */
export class Invalid extends Failure {
  static family = "invalid";
}

/** Well formed and true, but not admissible there; `winner` is the digest of the act that came first. */
export class Refused extends Failure {
  static family = "refused";

  constructor(code, details = {}, winner = null) {
    super(code, details);
    this.winner = winner;
  }
}
