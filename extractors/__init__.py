"""Everything that reads text: papers in, what they say out, with offsets and evidence."""
