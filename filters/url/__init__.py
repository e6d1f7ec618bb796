"""URL filters, one a file. A filter file names them by their class names; a class added here needs no other entry."""
