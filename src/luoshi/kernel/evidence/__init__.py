"""Files as proof: what a file is about, when that was, who recorded it; revisions; who may read them."""
