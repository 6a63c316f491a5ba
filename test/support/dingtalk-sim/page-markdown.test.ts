import assert from 'node:assert/strict';
import test from 'node:test';
import { renderMarkdown } from './page-markdown.ts';

const ROWS = [
  { name: 'a heading', markdown: '### Disk full', html: '<p class="heading">Disk full</p>' },
  { name: 'a quote', markdown: '> node-7', html: '<blockquote>node-7</blockquote>' },
  { name: 'an item', markdown: '- one', html: '<p class="item">• one</p>' },
  { name: 'a numbered item', markdown: '12. twelve', html: '<p class="item">12. twelve</p>' },
  { name: 'bold and italic text', markdown: 'a **b** *c*', html: '<p>a <b>b</b> <i>c</i></p>' },
  {
    name: 'a link',
    markdown: '[graph](https://a.example/?x=1&y=2)',
    html: '<p><a href="https://a.example/?x=1&amp;y=2" rel="noreferrer" target="_blank">graph</a></p>',
  },
  {
    name: 'a link with escaped brackets in its text',
    markdown: String.raw`[\[FIRING\] x](https://a.example/)`,
    html: '<p><a href="https://a.example/" rel="noreferrer" target="_blank">[FIRING] x</a></p>',
  },
  { name: 'a link to a script as text', markdown: '[x](javascript:1)', html: '<p>x</p>' },
  {
    name: 'a picture as a link',
    markdown: '![p](https://a.example/p.png)',
    html: '<p><a href="https://a.example/p.png" rel="noreferrer" target="_blank">[picture] p</a></p>',
  },
  {
    name: 'escaped signs as they are',
    markdown: String.raw`\*not bold\* a\_b`,
    html: '<p>*not bold* a_b</p>',
  },
  {
    name: 'HTML as text',
    markdown: '<font color="red">x</font>',
    html: '<p>&lt;font color=&quot;red&quot;&gt;x&lt;/font&gt;</p>',
  },
  { name: 'HTML inside bold text as text', markdown: '**<b>**', html: '<p><b>&lt;b&gt;</b></p>' },
];

for (const { name, markdown, html } of ROWS) {
  test(`renders ${name}`, () => {
    assert.equal(renderMarkdown(markdown), html);
  });
}
