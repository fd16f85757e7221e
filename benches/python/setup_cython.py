"""Compiles the contestants of Cython: `python setup_cython.py build_ext --build-lib OUT`."""

from Cython.Build import cythonize
from setuptools import Extension, setup

setup(name="cythons", ext_modules=cythonize(Extension("cythons", ["cythons.pyx"], extra_compile_args=["-O3"])))
