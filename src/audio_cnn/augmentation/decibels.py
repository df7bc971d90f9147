"""Between decibels of power, which log-mels are, and its natural logarithm, by which torch adds powers."""

import math

LOG_POWER_PER_DB = math.log(10) / 10
"""Natural logarithm of the factor in power that is one decibel."""
