"""B, the synonym encoder: names of one concept, within and across languages (SapBERT's recipe).

    python3 train_synonym.py --start out/healed-B --name B1 [--resume]"""
from fit import arguments, fit
from pairs import SYNONYM

if __name__ == "__main__":
    fit(arguments(__doc__, start=None, name="B"), SYNONYM, "B")
