"""Figures: how long things take, each beside a raw or a peer figure of the same run. `make bench`; not in the suite.

Nothing here asserts a time. Pairs are measured in turn, so that what else the machine does hits both sides; a figure
is the median of the pairs' ratios (or differences), printed with both medians.
"""
