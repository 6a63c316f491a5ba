import assert from 'node:assert/strict';
import test from 'node:test';
import { hasKeyword, parseMessage, readBody } from './message.ts';

const URL_1 = 'https://alerts.example.com/1';
const LINK = { title: 't', text: 'x', messageUrl: URL_1 };
const ONE_BUTTON = { title: 't', text: 'x', singleTitle: 'Open', singleURL: URL_1 };
const BUTTONS = { title: 't', text: 'x', btns: [{ title: 'Open', actionURL: URL_1 }] };
const FEED_ENTRY = { title: 't', messageURL: URL_1, picURL: 'https://alerts.example.com/p.png' };
const MOBILES = (count: number) => Array.from({ length: count }, (_, index) => `1380000${index}`);

const ACCEPTED = [
  { name: 'text', body: { msgtype: 'text', text: { content: 'x' } } },
  {
    name: 'text with mentions',
    body: { msgtype: 'text', text: { content: 'x' }, at: { atMobiles: ['1'], isAtAll: true } },
  },
  {
    name: 'text that mentions fifty',
    body: { msgtype: 'text', text: { content: 'x' }, at: { atMobiles: MOBILES(50) } },
  },
  { name: 'a link', body: { msgtype: 'link', link: LINK } },
  { name: 'a link with an empty picture', body: { msgtype: 'link', link: { ...LINK, picUrl: '' } } },
  { name: 'a link with a media id', body: { msgtype: 'link', link: { ...LINK, picUrl: '@media' } } },
  {
    name: 'a link into DingTalk',
    body: { msgtype: 'link', link: { ...LINK, messageUrl: 'dingtalk://dingtalkclient/page/link?url=x' } },
  },
  { name: 'a link with mentions, which it ignores', body: { msgtype: 'link', link: LINK, at: 'whatever' } },
  {
    name: 'a link with an id',
    body: { msgtype: 'link', link: LINK, msgUuid: '2f1c9a3e-6a53-5d0c-9d55-0f7e2a9b8c11' },
  },
  { name: 'markdown', body: { msgtype: 'markdown', markdown: { title: 't', text: '# x' } } },
  {
    name: 'a card with one button',
    body: { msgtype: 'actionCard', actionCard: { ...ONE_BUTTON, btnOrientation: '0' } },
  },
  {
    name: 'a card with one button and ignored others',
    body: { msgtype: 'actionCard', actionCard: { ...ONE_BUTTON, btns: [{}] } },
  },
  {
    name: 'a card with several buttons',
    body: { msgtype: 'actionCard', actionCard: { ...BUTTONS, hideAvatar: '1' } },
  },
  { name: 'a feed', body: { msgtype: 'feedCard', feedCard: { links: [FEED_ENTRY, FEED_ENTRY] } } },
];

for (const { name, body } of ACCEPTED) {
  test(`accepts ${name}`, () => {
    const message = parse(body);
    assert.equal('errcode' in message, false, JSON.stringify(message));
  });
}

const REFUSED = [
  { name: 'a list', body: [], cause: 'json' },
  { name: 'a missing msgtype', body: { link: LINK }, cause: 'msgtype' },
  { name: 'an unknown msgtype', body: { msgtype: 'image', image: {} }, errcode: 400105 },
  {
    name: 'a msgtype in other letters',
    body: { msgtype: 'actioncard', actionCard: ONE_BUTTON },
    errcode: 400105,
  },
  { name: 'a missing message', body: { msgtype: 'link' }, cause: 'link' },
  {
    name: 'a misspelt field at the top',
    body: { msgtype: 'link', link: LINK, msgUUID: 'x' },
    cause: 'msgUUID',
  },
  { name: 'an id that is no text', body: { msgtype: 'link', link: LINK, msgUuid: 7 }, cause: 'msgUuid' },
  { name: 'an empty id', body: { msgtype: 'link', link: LINK, msgUuid: '' }, cause: 'msgUuid' },
  {
    name: 'an id longer than a UUID',
    body: { msgtype: 'link', link: LINK, msgUuid: 'x'.repeat(37) },
    cause: 'msgUuid',
  },
  { name: 'empty content', body: { msgtype: 'text', text: { content: '' } }, cause: 'text.content' },
  { name: 'an empty title', body: { msgtype: 'link', link: { ...LINK, title: '' } }, cause: 'link.title' },
  { name: 'a blank text', body: { msgtype: 'link', link: { ...LINK, text: ' \n' } }, cause: 'link.text' },
  {
    name: 'an empty messageUrl',
    body: { msgtype: 'link', link: { ...LINK, messageUrl: '' } },
    cause: 'link.messageUrl',
  },
  {
    name: 'a messageUrl that is no URL',
    body: { msgtype: 'link', link: { ...LINK, messageUrl: 'node-7' } },
    cause: 'link.messageUrl',
  },
  {
    name: 'a messageUrl with a script',
    body: { msgtype: 'link', link: { ...LINK, messageUrl: 'javascript:1' } },
    cause: 'link.messageUrl',
  },
  {
    name: "the feed's spelling in a link",
    body: { msgtype: 'link', link: { title: 't', text: 'x', messageURL: URL_1 } },
    cause: 'link.messageURL',
  },
  { name: 'a number as title', body: { msgtype: 'link', link: { ...LINK, title: 7 } }, cause: 'link.title' },
  {
    name: 'a picture that is neither URL nor media id',
    body: { msgtype: 'link', link: { ...LINK, picUrl: 'p.png' } },
    cause: 'link.picUrl',
  },
  {
    name: 'markdown without title',
    body: { msgtype: 'markdown', markdown: { text: 'x' } },
    cause: 'markdown.title',
  },
  {
    name: 'markdown without text',
    body: { msgtype: 'markdown', markdown: { title: 't' } },
    cause: 'markdown.text',
  },
  {
    name: 'a card without a button',
    body: { msgtype: 'actionCard', actionCard: { title: 't', text: 'x' } },
    cause: 'actionCard.btns',
  },
  {
    name: 'a card with half a button',
    body: { msgtype: 'actionCard', actionCard: { ...ONE_BUTTON, singleURL: '' } },
    cause: 'actionCard.singleURL',
  },
  {
    name: "the link's spelling in a card",
    body: {
      msgtype: 'actionCard',
      actionCard: { title: 't', text: 'x', singleTitle: 'o', singleUrl: URL_1 },
    },
    cause: 'actionCard.singleUrl',
  },
  {
    name: 'a card with a numeric flag',
    body: { msgtype: 'actionCard', actionCard: { ...BUTTONS, btnOrientation: 0 } },
    cause: 'actionCard.btnOrientation',
  },
  {
    name: 'a button without URL',
    body: { msgtype: 'actionCard', actionCard: { ...BUTTONS, btns: [{ title: 'o' }] } },
    cause: 'actionCard.btns[0].actionURL',
  },
  { name: 'an empty feed', body: { msgtype: 'feedCard', feedCard: { links: [] } }, cause: 'feedCard.links' },
  {
    name: "the link's spelling in a feed",
    body: { msgtype: 'feedCard', feedCard: { links: [{ title: 't', messageUrl: URL_1, picURL: '@m' }] } },
    cause: 'feedCard.links[0].messageUrl',
  },
  {
    name: 'a feed without pictures',
    body: { msgtype: 'feedCard', feedCard: { links: [FEED_ENTRY, { ...FEED_ENTRY, picURL: '' }] } },
    cause: 'feedCard.links[1].picURL',
  },
  {
    name: 'more than fifty mentions',
    body: { msgtype: 'text', text: { content: 'x' }, at: { atMobiles: MOBILES(51) } },
    cause: 'at',
  },
  {
    name: 'mobiles that are numbers',
    body: { msgtype: 'text', text: { content: 'x' }, at: { atMobiles: [138] } },
    cause: 'at.atMobiles',
  },
  {
    name: 'a mention of all as text',
    body: { msgtype: 'text', text: { content: 'x' }, at: { isAtAll: 'true' } },
    cause: 'at.isAtAll',
  },
];

for (const { name, body, cause, errcode = 40035 } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.deepEqual(parse(body), cause === undefined ? { errcode } : { errcode, cause });
  });
}

const UNREADABLE = [
  { name: 'an empty body', bytes: Buffer.from('') },
  { name: 'half of a JSON text', bytes: Buffer.from('{"msgtype":') },
  { name: 'bytes that are not UTF-8', bytes: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
  { name: 'a byte order mark', bytes: Buffer.from('\uFEFF{"msgtype":"text","text":{"content":"x"}}') },
];

for (const { name, bytes } of UNREADABLE) {
  test(`refuses ${name}`, () => {
    assert.deepEqual(parseMessage(readBody(bytes)), { errcode: 40035, cause: 'json' });
  });
}

test('reads the id of a message that it refuses', () => {
  assert.equal(readBody(Buffer.from('{"msgtype":"image","msgUuid":"id-1"}')).msgUuid, 'id-1');
});

test('shows buttons and feed entries as links', () => {
  const card = parse({ msgtype: 'actionCard', actionCard: ONE_BUTTON });
  const feed = parse({ msgtype: 'feedCard', feedCard: { links: [FEED_ENTRY] } });
  assert.deepEqual('links' in card && [card.url, card.links], [URL_1, [{ title: 'Open', url: URL_1 }]]);
  assert.deepEqual('links' in feed && [feed.title, feed.links], ['t', [{ title: 't', url: URL_1 }]]);
});

const KEYWORDS = [
  { name: 'in the title', title: 'ALARM: disk', text: 'x', found: true },
  { name: 'in the text', title: 'disk', text: 'an ALARM', found: true },
  { name: 'in other letters', title: 'alarm', text: 'Alarm', found: false },
  { name: 'nowhere', title: 'disk', text: 'full', found: false },
];

for (const { name, title, text, found } of KEYWORDS) {
  test(`${found ? 'finds' : 'does not find'} a keyword ${name}`, () => {
    const message = { msgtype: 'link', title, text, url: URL_1, links: [] } as const;
    assert.equal(hasKeyword(message, ['other', 'ALARM']), found);
  });
}

function parse(body: unknown) {
  return parseMessage(readBody(Buffer.from(JSON.stringify(body))));
}
