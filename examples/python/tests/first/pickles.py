"""Writes pickles with the first version of the shop, a file for each protocol: `python pickles.py FOLDER`."""

import pathlib
import pickle
import sys

import shop

dave = shop.Person("Dave", "D")
made = shop.MySubclass([(1, 50.0), (7, 199.0), (21, 399.0)], dave)
for protocol in range(5):
    (pathlib.Path(sys.argv[1]) / f"shop_p{protocol}.pkl").write_bytes(pickle.dumps([made, dave], protocol))
