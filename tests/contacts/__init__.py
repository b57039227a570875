"""Tests of departments and opening hours."""
