"""Whether what is installed may be used: pins, licences, the bill of materials, and what is known to be vulnerable."""
