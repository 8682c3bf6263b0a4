"""December 2021 to February 2022, replayed with a real depositary and two parties: `./run demo`."""
