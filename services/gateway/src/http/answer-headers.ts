/** What every answer of the upstream says of its way through the gateway. */
export function answerHeaders(
  { requestId }: { readonly requestId: string | null },
  overheadMs: number,
): Record<string, string> {
  return {
    'server-timing': `gateway;dur=${overheadMs}`,
    ...(requestId !== null && { 'x-upstream-request-id': requestId }),
  };
}
