/** Whose key it is: headers and messages name it, and encrypted content belongs to it. */
export const ORGANIZATION = 'org-simulated';
export const PROJECT = 'proj_simulated';
