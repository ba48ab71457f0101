"""Cohort definitions of ATLAS (Circe): what a file asks for, said in words, and who meets it from when."""
