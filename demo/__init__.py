"""December 2021 and January 2022, replayed with a real depositary and two parties: `./run demo`."""
