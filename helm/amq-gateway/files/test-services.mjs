// What `helm test` runs, from within the cluster: both Services lead to a gateway that is ready and lets nobody in
// without a key.
const { GATEWAY_URL, MANAGEMENT_URL } = process.env;
const EXPECTED = [
  [`${MANAGEMENT_URL}/health/ready`, 200],
  [`${MANAGEMENT_URL}/v2/accounts`, 401],
  [`${GATEWAY_URL}/v1/models`, 401],
];

for (const [url, status] of EXPECTED) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  console.log(`${url}: ${answer.status}`);
  if (answer.status !== status) throw new Error(`${url} answered ${answer.status}, not ${status}: ${await answer.text()}`);
}
