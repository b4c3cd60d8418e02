"""From the broker to what follows of each record, once; records that can't be applied, and views of what others say."""
