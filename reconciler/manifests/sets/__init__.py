"""Sets: which customers a set has, what its template becomes for each of them, and where it is written."""
