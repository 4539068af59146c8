/** What no schema can say: rules between the parts of `tocsin.yml`. */
import { guardFindings } from './check-guards.ts';
import { poolFindings } from './check-pools.ts';
import type { Path } from './document.ts';
import type { Finding } from './finding.ts';
import { placeholderOf } from './placeholders.ts';
import type { TocsinYml } from './schema.ts';

export function findings(yml: TocsinYml, fromEnvironment: ReadonlySet<string>): readonly Finding[] {
  return [
    ...slackMode(yml),
    ...unauthenticated(yml),
    ...secretsInFile(yml, fromEnvironment),
    ...unknownServices(yml),
    ...guardFindings(yml),
    ...poolFindings(yml),
    ...movingHosts(yml),
    ...repeatedHosts(yml),
    ...redisUrl(yml),
    ...ownSecrets(yml),
    ...badTargets(yml),
  ];
}

/** Each mode has a secret of its own, for who listens to people. */
function slackMode({ slack, process }: TocsinYml): Finding[] {
  if (!process.roles.includes('gateway')) return [];
  const { secret, variable, where } = secretOfMode[slack.mode];
  if (slack[secret]) return [];
  const message = `\`slack.mode: ${slack.mode}\` needs it: ${where} of your Slack app. Set ${variable}, or ${variable}_FILE to a file that holds it.`;
  return [{ path: ['slack', secret], code: 'not_set', message }];
}

const secretOfMode = {
  socket: {
    secret: 'app_token',
    variable: 'TOCSIN_SLACK_APP_TOKEN',
    where: 'an app-level token with connections:write from "Basic Information"',
  },
  http: {
    secret: 'signing_secret',
    variable: 'TOCSIN_SLACK_SIGNING_SECRET',
    where: 'the signing secret from "Basic Information"',
  },
} as const;

/** Alertmanager's webhooks carry no signature: without a secret, whoever reaches the port could start playbooks. */
function unauthenticated({ sources }: TocsinYml): Finding[] {
  return Object.entries(sources)
    .filter(([, { bearer, basic }]) => !bearer === !basic)
    .map(([name, { bearer }]) => ({
      path: ['sources', name],
      code: 'no_authentication',
      message: bearer
        ? 'Both `bearer` and `basic` are given. Keep the one that the sender uses.'
        : `Anybody could send alerts here. Give \`bearer: ${placeholderOf(tokenName(name))}\` or \`basic: {user, password}\`.`,
    }));
}

const tokenName = (source: string) => `TOCSIN_${source.toUpperCase().replace(/\W/g, '_')}_TOKEN`;

const tooShort = 12;

function secretsInFile({ slack, sources, history }: TocsinYml, fromEnvironment: ReadonlySet<string>): Finding[] {
  const secrets: readonly (readonly [Path, string | undefined])[] = [
    [['slack', 'bot_token'], slack.bot_token],
    [['slack', 'app_token'], slack.app_token],
    [['slack', 'signing_secret'], slack.signing_secret],
    ...Object.entries(sources).flatMap(([name, { bearer, basic }]) => [
      [['sources', name, 'bearer'], bearer] as const,
      [['sources', name, 'basic', 'password'], basic?.password] as const,
    ]),
    [['history', 'key'], history.key],
    [['history', 'old_keys'], history.old_keys.join(',')],
  ];
  return secrets.flatMap(([path, value]) => (value ? secretFindings(path, value, fromEnvironment) : []));
}

function secretFindings(path: Path, value: string, fromEnvironment: ReadonlySet<string>): Finding[] {
  if (!fromEnvironment.has(path.join('.')))
    return [
      {
        path,
        code: 'secret_in_file',
        message: `A secret stands in the file. Write \`${placeholderOf('NAME')}\` here and set NAME, or NAME_FILE.`,
      },
    ];
  if (value.length < tooShort)
    return [
      {
        path,
        code: 'bad_value',
        message: `The secret is shorter than ${tooShort} characters: it can be guessed. Take one from \`openssl rand -hex 24\`.`,
      },
    ];
  return [];
}

function unknownServices({ routes, services }: TocsinYml): Finding[] {
  return routes.flatMap(({ service }, i) =>
    service === undefined || Object.hasOwn(services, service)
      ? []
      : [
          {
            path: ['routes', i, 'service'],
            code: 'unknown_service' as const,
            message: `There is no service \`${service}\` under \`services\`${known(services)}. Add it, or correct the name.`,
          },
        ],
  );
}

const known = (services: object): string => {
  const names = Object.keys(services);
  return names.length ? ` (there: ${names.join(', ')})` : '';
};

/** A host taken from a label would send people, and what they type there, to wherever the label's writer wants. */
function movingHosts({ services }: TocsinYml): Finding[] {
  return Object.entries(services).flatMap(([name, { links }]) =>
    links.flatMap(({ url }, i) =>
      /^https?:\/\/[^/{}?#@\s]+([/?#]|$)/.test(url)
        ? []
        : [
            {
              path: ['services', name, 'links', i, 'url'],
              code: 'host_not_constant' as const,
              message:
                'Begin with http:// or https:// and a host without `{{ }}`: labels may fill in the path and the query only.',
            },
          ],
    ),
  );
}

function repeatedHosts({ inventory }: TocsinYml): Finding[] {
  const names = inventory.map(({ name }) => name);
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [
          {
            path: ['inventory', i, 'name'],
            code: 'twice' as const,
            message: `There are two hosts \`${name}\`. Rename one of them.`,
          },
        ],
  );
}

function redisUrl({ redis }: TocsinYml): Finding[] {
  if (!redis.url || /^rediss?:\/\/./.test(redis.url)) return [];
  return [
    {
      path: ['redis', 'url'],
      code: 'bad_value',
      message: 'Write redis://host:6379 or rediss://user:password@host:6380.',
    },
  ];
}

/** What lets Tocsin be Tocsin is no playbook's business. */
function ownSecrets({ secrets }: TocsinYml): Finding[] {
  return secrets.env.flatMap((name, i): Finding[] => {
    const path = ['secrets', 'env', i];
    if (!/^[A-Za-z_]\w*$/.test(name))
      return [{ path, code: 'bad_value', message: 'Write the name of a variable, as in `SHOP_API_TOKEN`.' }];
    if (!name.startsWith('TOCSIN_')) return [];
    const message = `Playbooks must not read ${name}: what begins with TOCSIN_ is Tocsin's own. Give them a variable of theirs.`;
    return [{ path, code: 'bad_value', message }];
  });
}

/** A host alone: a path would promise what is not checked. */
function badTargets({ steps }: TocsinYml): Finding[] {
  return steps.http.allow.flatMap((host, i): Finding[] =>
    /^([a-z0-9_]([a-z0-9_.-]{0,250}[a-z0-9_])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host)
      ? []
      : [
          {
            path: ['steps', 'http', 'allow', i],
            code: 'bad_value',
            message: 'Write a host, with its port where that is not the usual one: `api.example.com`, `api:8443`.',
          },
        ],
  );
}
