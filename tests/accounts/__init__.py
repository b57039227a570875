"""Tests of staff accounts, sign-in and the guards around them."""
