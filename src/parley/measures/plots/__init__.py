"""Drawings of what runs under agreements: SVG 1.1 from whole numbers, the same bytes for the same input."""
