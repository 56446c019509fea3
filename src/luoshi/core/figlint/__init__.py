"""Do the numbers of a draft agree with one another? Reads Chinese official prose and tables.

``check.contradictions`` takes paragraphs and grids and returns what cannot be true together. It judges only
what stands in the text: a sentence from which nothing can be computed is passed over in silence.
"""
