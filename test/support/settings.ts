/** What a Tocsin of the tests is told by its environment; `tocsin.yml` says what each of them means. */

/** Of a host that no test reaches. */
const someHostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAiy5BRWTUbXk7YJJ8UqjgQDq2qBAGvIUBcVJqYx8l3Z';

export interface Told {
  readonly port: number;
  readonly redisUrl: string;
  readonly blobs: string;
  readonly slack: { readonly apiUrl: string; readonly botToken: string; readonly appToken: string };
  /** Of the source `alertmanager`. */
  readonly token: string;
}

export const settingsOf = ({ port, redisUrl, blobs, slack, token }: Told) => ({
  TOCSIN_HTTP_PORT: String(port),
  TOCSIN_REDIS_URL: redisUrl,
  TOCSIN_BLOBS_FOLDER: blobs,
  TOCSIN_SLACK_API_URL: slack.apiUrl,
  TOCSIN_SLACK_BOT_TOKEN: slack.botToken,
  TOCSIN_SLACK_APP_TOKEN: slack.appToken,
  TOCSIN_ALERTMANAGER_TOKEN: token,
  TOCSIN_SHOP_SSH_HOST_KEY: someHostKey,
});
