"""Benchmarks: each figure beside a limit taken in the same run on the same machine. Not tests: nothing is asserted."""
