/** The style sheet of the simulator's page: DingTalk's blue and grey, one column on a phone, light and dark. */

/** CSS to be put into a style element. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --blue: #1677ff; --ground: #eef1f5; --card: #fff; --ink: #171a1d; --grey: #747677; --line: #e1e4e8; --bad: #d4380d }
@media (prefers-color-scheme: dark) { :root { --ground: #17191c; --card: #24272b; --ink: #e8eaec; --grey: #9a9da1; --line: #34383d; --bad: #ff7a45 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", sans-serif }
header { background: var(--blue); color: #fff; padding: 10px 16px }
header h1 { margin: 0; font-size: 17px }
header p { margin: 2px 0 0; font-size: 13px }
header a { color: #fff; margin-left: 6px }
.count { margin-right: 8px; white-space: nowrap }
header .bad { background: #fff; color: var(--bad); padding: 0 6px; border-radius: 8px; font-weight: 600 }
main { display: flex; flex-wrap: wrap; gap: 16px; padding: 16px; align-items: flex-start }
section { flex: 1 1 340px; max-width: 640px; min-width: 0 }
h2 { font-size: 15px; margin: 0 0 8px; overflow-wrap: anywhere }
.badge { font-size: 12px; font-weight: 400; color: var(--grey); border: 1px solid var(--line); border-radius: 8px; padding: 0 6px; white-space: nowrap }
.badge.bad { color: var(--bad); border-color: var(--bad) }
.nothing { color: var(--grey) }
article { display: flex; gap: 8px; margin: 0 0 14px }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 8px; background: var(--blue); color: #fff; display: grid; place-items: center; font-weight: 600; text-transform: uppercase }
.bubble { min-width: 0; flex: 1 }
.sender { margin: 0 0 3px; font-size: 12px; color: var(--grey) }
.robot { border: 1px solid var(--blue); color: var(--blue); border-radius: 4px; padding: 0 4px; font-size: 11px }
.note { margin: 3px 0 0; font-size: 11px; color: var(--grey); overflow-wrap: anywhere }
.card { display: block; background: var(--card); border: 1px solid var(--line); border-radius: 4px 10px 10px 10px; padding: 10px 12px; overflow-wrap: anywhere }
.card p { margin: 0 0 4px }
.card a { color: var(--blue); text-decoration: none }
.card blockquote { margin: 0 0 4px; padding-left: 8px; border-left: 3px solid var(--line); color: var(--grey) }
.heading { font-weight: 600 }
.item { padding-left: 12px }
.plain { white-space: pre-wrap }
a.card:hover { border-color: var(--blue) }
.card.link { color: inherit; text-decoration: none }
.title { display: block; font-weight: 600 }
.summary { display: flex; gap: 10px; justify-content: space-between; margin-top: 4px }
.text { color: var(--grey); font-size: 13px; white-space: pre-wrap; min-width: 0 }
.picture { flex: none; width: 44px; height: 44px; border-radius: 6px; background: var(--ground); display: grid; place-items: center }
.button { border-top: 1px solid var(--line); padding-top: 6px; text-align: center }
`;
