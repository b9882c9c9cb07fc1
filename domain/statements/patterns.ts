/** Days of which busy hours and partners are told: they are read from the rows, not from sums. */
export const patternDaysMax = 92;
