"""Anonymous consultations: one code, one slot, and nobody who could say whose.

The roll knows who was invited, the slot knows an answer, and nothing joins them: see docs/decisions/0013.
"""
