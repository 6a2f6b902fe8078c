"""The engines that are measured, ours and those people use today."""
