"""Agreements and the measures under them, as data and pure folds: nothing here names a treaty."""
