/**
 * The catalogue of what an operator must mend before a robot takes messages again: cause and cure, in English and Chinese, because
 * the person on call reads one of them and the group's owner often the other.
 */
import type { Outcome } from '../../core/plugin/contract.ts';

/** One entry: shown as the outcome's detail and cure. */
export interface Advice {
  readonly reason: Extract<Outcome, { kind: 'blocked' }>['reason'];
  readonly cause: string;
  readonly cure: string;
}

/** The name of an entry. */
export type AdviceName = keyof typeof ADVICE;

/** All entries. */
export const ADVICE = {
  unknown_token: {
    reason: 'bad_credential',
    cause: "DingTalk does not know the robot's access token / 钉钉不认识此机器人的 access_token",
    cure: "copy the webhook address anew from the group's robot settings and set url to it, or access_token (of several robots: its place in access_tokens) to what follows access_token= in it / 在群机器人设置中重新复制 Webhook 地址，填入 url，或把 access_token= 后面的内容填入 access_token（多个机器人时填入 access_tokens 中对应的一项）",
  },
  missing_token: {
    reason: 'bad_credential',
    cause: 'the request came without an access token / 请求缺少 access_token',
    cure: 'set url or access_token; if it is set, a proxy removes the query of the address / 请设置 url 或 access_token；如已设置，请检查代理是否去掉了地址中的参数',
  },
  not_authorized: {
    reason: 'bad_credential',
    cause: "DingTalk refused the robot's credential / 钉钉拒绝了此机器人的凭证",
    cure: "create the robot's webhook address anew and set url (or access_token) and secret anew / 请重新获取机器人的 Webhook 地址，并更新 url（或 access_token）与 secret",
  },
  wrong_signature: {
    reason: 'bad_signature',
    cause: "the signature does not match the robot's secret / 签名与机器人的密钥不匹配",
    cure: "copy the secret (it begins with SEC) from the robot's security settings into secret or secret_file (of several robots: into its place in secrets), all of it / 请把机器人安全设置中以 SEC 开头的完整密钥填入 secret 或 secret_file（多个机器人时填入 secrets 中对应的一项）",
  },
  wrong_clock: {
    reason: 'bad_clock',
    cause:
      "this machine's clock and DingTalk's differ by more than an hour / 本机时间与钉钉服务器相差超过一小时",
    cure: 'set the clock, best by NTP, and check the time of the container or virtual machine / 请校准时间（建议使用 NTP），并检查容器或虚拟机的时间',
  },
  missing_keyword: {
    reason: 'keyword_missing',
    cause: "the message has none of the robot's keywords / 消息中不包含机器人的任何关键词",
    cure: "set keyword to one of the keywords in the robot's security settings, letter by letter / 请把 keyword 设为机器人安全设置中的一个关键词，须完全一致",
  },
  ip_not_allowed: {
    reason: 'ip_not_allowed',
    cause:
      "this machine's public address is not on the robot's IP list / 本机的公网出口 IP 不在机器人的白名单中",
    cure: "add the public IPv4 address from which notifierd reaches the internet to the robot's security settings / 请在机器人安全设置的 IP 地址段中加入 notifierd 的公网出口 IPv4 地址",
  },
  security_setting: {
    reason: 'security_setting',
    cause: "one of the robot's security settings refused the message / 消息不符合机器人的安全设置",
    cure: "compare keyword, secret and the IP list in the robot's settings with this sink; every setting that is on must be met / 请逐一核对机器人的关键词、加签和 IP 地址段设置，已启用的必须全部满足",
  },
  robot_disabled: {
    reason: 'channel_disabled',
    cause: 'the robot is disabled / 机器人已被停用',
    cure: "let the group's owner or an administrator enable the robot again / 请群主或管理员重新启用该机器人",
  },
  quota_used_up: {
    reason: 'channel_disabled',
    cause: "the organization's calls of this month are used up / 企业本月的调用次数已用完",
    cure: "let DingTalk's administrator buy more calls, or wait for the next month / 请钉钉管理员购买调用包，或等到下个月",
  },
  robot_gone: {
    reason: 'channel_gone',
    cause: 'the robot is no longer in the group / 机器人已不在群中',
    cure: 'add a robot to the group and set its url (or access_token) and secret here / 请在群中重新添加机器人，并更新 url（或 access_token）与 secret',
  },
  group_gone: {
    reason: 'channel_gone',
    cause: 'the group is disbanded / 群已解散',
    cure: 'add a robot to another group and set its url (or access_token) and secret here, or remove the sink / 请在其他群中添加机器人并更新配置，或删除该 sink',
  },
  changed_on_the_way: {
    reason: 'bad_endpoint',
    cause: 'the request reached DingTalk in another shape than it was sent / 请求在途中被改动',
    cure: 'check the proxy between notifierd and DingTalk: it must pass POST and Content-Type unchanged / 请检查 notifierd 与钉钉之间的代理，不得改动 POST 方法与 Content-Type',
  },
  not_the_robot: {
    reason: 'bad_endpoint',
    cause: 'something other than the robot answered / 应答的不是钉钉机器人',
    cure: 'check endpoint (https://oapi.dingtalk.com) and the proxy on the way to it / 请检查 endpoint（https://oapi.dingtalk.com）以及途中的代理',
  },
} as const satisfies Readonly<Record<string, Advice>>;
