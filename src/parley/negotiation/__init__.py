"""What papers say to one another: what was answered, what changed, and what of a text from elsewhere stands in them.

Pure: documents in, values out. Nothing here says that a side agrees with anything.
"""
