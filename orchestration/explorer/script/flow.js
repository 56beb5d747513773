// The picture of who moved where: bands from the segments before to the segments now.
// Belongs here: laying the bands out and drawing them as SVG. Does not belong here: which moves are shown.

const SVG = "http://www.w3.org/2000/svg";
function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

// moves: [{from, to, count}], names and colours by code, order: codes from top to bottom.
function flowPicture(moves, names, colours, order, title) {
  const isNarrow = innerWidth < 600;
  const [WIDTH, SIDE, LETTERS] = isNarrow ? [360, 112, 15] : [900, 190, 24];
  const GAP = 6, BAR = isNarrow ? 8 : 12, HEIGHT = Math.max(260, 28 * order.length);
  // A name needs this much room, however thin its bar is.
  const LEAST = 15;
  const all = moves.reduce((sum, move) => sum + move.count, 0);
  const codes = (side) => order.filter((code) => moves.some((move) => move[side] === code));
  const scale = 0.7 * HEIGHT / all;
  let lowest = 0;
  const placed = (side) => {
    let at = 0;
    const found = new Map(codes(side).map((code) => {
      const count = moves.filter((move) => move[side] === code).reduce((sum, move) => sum + move.count, 0);
      const height = count * scale, room = Math.max(LEAST, height);
      const node = { code, count, top: at + (room - height) / 2, height, used: 0 };
      at += room + GAP;
      return [code, node];
    }));
    lowest = Math.max(lowest, at);
    return found;
  };
  const left = placed("from"), right = placed("to");
  const bands = [];
  for (const from of left.keys()) {
    for (const to of right.keys()) {
      const move = moves.find((one) => one.from === from && one.to === to);
      if (!move) continue;
      const thick = move.count * scale, start = left.get(from), end = right.get(to);
      const y0 = start.top + start.used + thick / 2, y1 = end.top + end.used + thick / 2;
      start.used += thick; end.used += thick;
      const x0 = SIDE + BAR, x1 = WIDTH - SIDE - BAR, middle = (x0 + x1) / 2;
      bands.push(s("path", { d: `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`, class: "band", stroke: colours.get(from) || "#9aa5b1", "stroke-width": Math.max(0.6, thick) },
        s("title", {}, `${names.get(from) || from} to ${names.get(to) || to}: ${asText(move.count, "count")}`)));
    }
  }
  const drawn = (side, map) => [...map.values()].flatMap((node) => {
    const x = side === "left" ? SIDE : WIDTH - SIDE - BAR;
    const name = names.get(node.code) || node.code;
    const label = name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
    return [s("rect", { x, y: node.top, width: BAR, height: Math.max(1, node.height), fill: colours.get(node.code) || "#9aa5b1" }),
      s("text", { x: side === "left" ? SIDE - 8 : WIDTH - SIDE + 8, y: node.top + node.height / 2, "text-anchor": side === "left" ? "end" : "start", "dominant-baseline": "middle" }, label)];
  });
  return s("svg", { viewBox: `0 -4 ${WIDTH} ${lowest + 4}`, class: "flow", role: "img", "aria-label": title }, ...bands, ...drawn("left", left), ...drawn("right", right));
}
