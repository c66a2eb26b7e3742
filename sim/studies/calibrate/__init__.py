"""Engine parameters learnt from past negotiations, and how good odds are where they were not used.

Past talks are coded in the ordinary format, without looking at their end. Each is run in worlds
that draw the engine parameters from wide priors; how likely its true end is under each value is
read from these worlds, and Bayes' rule weighs the values by all cases together.
"""
