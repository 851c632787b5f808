"""Operations in order, in batches, confirmed by reading back."""
