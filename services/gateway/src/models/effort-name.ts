/** Efforts that a model's name may end with and that an operator may set; what a model does not take is clamped. */
export const effortNames = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
