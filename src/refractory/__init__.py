"""Refractory: did the treatment work in patients whose disease did not respond to what came before?"""

__version__ = "0.1.0"
