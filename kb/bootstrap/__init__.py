"""The composition root: settings in, working services out.

The only package that names implementations.  Everything is built on request and
nothing at import, so tests and commands build just what they need.
"""
