"""A, the knowledge encoder: names with their definitions, their mentions in other definitions, their place in the
hierarchy (KRISSBERT's idea at this size).

    python3 train_knowledge.py --start out/healed-A --name A1 [--resume]"""
from fit import arguments, fit
from pairs import KNOWLEDGE

if __name__ == "__main__":
    fit(arguments(__doc__, start=None, name="A"), KNOWLEDGE, "A")
