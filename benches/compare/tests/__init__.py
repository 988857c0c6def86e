"""Tests of the comparison itself: above all, that a wrong answer is found out."""
