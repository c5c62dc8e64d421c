/** The version of both services, the images and the chart. */
export const VERSION = '0.1.0';
