"""What is shown in public: pages that carry their own evidence. Made from values; no home, no network, no clock."""
