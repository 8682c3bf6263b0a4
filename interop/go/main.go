// Checks an exported log with golang.org/x/mod/sumdb, which shares no code with Parley: the checkpoint's Ed25519 lines
// with note, tiles, roots and proofs with tlog. It prints a line a check and exits 1 when one fails.
//
// x/mod knows neither ML-DSA-44 (interop/node does that) nor the cosigned form of Ed25519, so that one message is made
// here; the line that carries it goes through note.Open like the log's.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var failed bool

func report(what string, err error) {
	if err != nil {
		failed = true
		fmt.Printf("FAIL %s: %v\n", what, err)
		return
	}
	fmt.Printf("ok %s\n", what)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: verify FOLDER")
		os.Exit(2)
	}
	folder := os.Args[1]
	tree, err := checkpoint(folder)
	if err == nil {
		reader := tlog.TileHashReader(tree, tiles{folder})
		report("the tiles make the root", rootFromTiles(tree, reader))
		report("the entries are the leaves", entries(folder, tree, reader))
		each(folder, "inclusion", "*.tlog-proof", func(path string) error { return inclusion(path, tree, reader) })
		each(folder, "consistency", "*", func(path string) error { return consistency(path, tree, reader) })
	}
	if failed {
		os.Exit(1)
	}
}

func each(folder, kind, pattern string, check func(string) error) {
	paths, err := filepath.Glob(filepath.Join(folder, kind, pattern))
	if err == nil && len(paths) == 0 {
		err = errors.New("no files")
	}
	if err != nil {
		report(kind, err)
	}
	sort.Strings(paths)
	for _, path := range paths {
		report(kind+" "+filepath.Base(path), check(path))
	}
}

// cosigner verifies a 0x04 line: a time, then Ed25519 over a heading, the time and the checkpoint.
type cosigner struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.public, []byte(message), signature[8:])
}

func verifier(vkey string) (note.Verifier, byte, error) {
	fields := strings.SplitN(vkey, "+", 3)
	if len(fields) != 3 {
		return nil, 0, errors.New("not a vkey")
	}
	key, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(key) < 2 {
		return nil, 0, errors.New("not a vkey")
	}
	switch key[0] {
	case 0x01:
		known, err := note.NewVerifier(vkey)
		return known, key[0], err
	case 0x04:
		hash := sha256.Sum256(append([]byte(fields[0]+"\n"), key...))
		id := binary.BigEndian.Uint32(hash[:])
		if fmt.Sprintf("%08x", id) != fields[1] || len(key) != 1+ed25519.PublicKeySize {
			return nil, 0, errors.New("key id is not the key's")
		}
		return cosigner{fields[0], id, ed25519.PublicKey(key[1:])}, key[0], nil
	}
	return nil, key[0], nil
}

func checkpoint(folder string) (tlog.Tree, error) {
	tree, opened, expected, err := openCheckpoint(folder)
	report(fmt.Sprintf("%d Ed25519 lines of the checkpoint, size %d", expected, tree.N), err)
	if err == nil {
		for _, line := range opened.UnverifiedSigs {
			fmt.Printf("-- not looked at: %s %08x\n", line.Name, line.Hash)
		}
	}
	return tree, err
}

func openCheckpoint(folder string) (tree tlog.Tree, opened *note.Note, expected int, err error) {
	vkeys, err := os.ReadFile(filepath.Join(folder, "vkeys"))
	if err != nil {
		return
	}
	var known []note.Verifier
	for _, vkey := range strings.Fields(string(vkeys)) {
		key, _, err := verifier(vkey)
		if err != nil {
			return tree, nil, 0, err
		}
		if key != nil {
			known = append(known, key)
		}
	}
	expected = len(known)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return
	}
	if opened, err = note.Open(signed, note.VerifierList(known...)); err != nil {
		return
	}
	if len(opened.Sigs) != expected || expected == 0 {
		return tree, opened, expected, fmt.Errorf("%d of %d known keys have signed", len(opened.Sigs), expected)
	}
	// tlog.ParseTree reads one origin only; the lines below the origin are the same.
	_, rest, _ := strings.Cut(opened.Text, "\n")
	tree, err = tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	return
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

type tiles struct{ folder string }

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		// x/mod writes the height into the path; c2sp.org/tlog-tiles does not.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

func rootFromTiles(tree tlog.Tree, reader tlog.HashReader) error {
	root, err := tlog.TreeHash(tree.N, reader)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("root is %v, signed is %v", root, tree.Hash)
	}
	return err
}

func entries(folder string, tree tlog.Tree, reader tlog.HashReader) error {
	for start := int64(0); start < tree.N; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(min(256, tree.N-start))}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		for i := 0; i < tile.W; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s ends early", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			index := tile.N<<8 + int64(i)
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return err
			}
			if tlog.RecordHash(bundle[2:end]) != hashes[0] {
				return fmt.Errorf("entry %d is another", index)
			}
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("%s goes on", path)
		}
	}
	return nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found[i] = hash
	}
	return found, nil
}

// inclusion checks a tlog-proof of `extra` as the leaf, and that x/mod makes the same proof from the tiles.
func inclusion(path string, tree tlog.Tree, reader tlog.HashReader) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, signed, ok := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[3:])
	if err != nil {
		return err
	}
	whole, err := os.ReadFile(filepath.Join(filepath.Dir(path), "..", "checkpoint"))
	if err != nil {
		return err
	}
	if !bytes.Equal(whole, []byte(signed)) {
		return errors.New("ends in another checkpoint")
	}
	made, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	if fmt.Sprint([]tlog.Hash(made)) != fmt.Sprint(proof) {
		return errors.New("x/mod proves it by other hashes")
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(extra))
}

// consistency checks a proof from an old size, and that x/mod makes the same one from the tiles.
func consistency(path string, tree tlog.Tree, reader tlog.HashReader) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	old, err := strconv.ParseInt(filepath.Base(path), 10, 64)
	if err != nil {
		return err
	}
	parsed, err := hashes(lines)
	if err != nil {
		return err
	}
	root, proof := parsed[0], parsed[1:]
	made, err := tlog.ProveTree(tree.N, old, reader)
	if err != nil {
		return err
	}
	if fmt.Sprint([]tlog.Hash(made)) != fmt.Sprint(proof) {
		return errors.New("x/mod proves it by other hashes")
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old, root)
}
