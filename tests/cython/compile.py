"""Compiles `example.pyx` beside this file into the folder that is given: `python compile.py FOLDER`."""
import os
import shutil
import sys

from Cython.Build import cythonize
from setuptools import Distribution, Extension

folder = os.path.abspath(sys.argv[1])
os.makedirs(folder, exist_ok=True)
shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "example.pyx"), folder)
os.chdir(folder)
distribution = Distribution({"ext_modules": cythonize([Extension("example", ["example.pyx"])], quiet=True)})
command = distribution.get_command_obj("build_ext")
command.inplace = True
command.ensure_finalized()
command.run()
