"use strict";
(() => {
  const data = JSON.parse(document.getElementById("donnees").textContent);
  const canvas = document.getElementById("toile");
  const cards = [...document.querySelectorAll("details[data-numero]")];
  const cardOf = new Map(cards.map((card) => [Number(card.dataset.numero), card]));
  const [names, numbers] = data.layouts;
  const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
  const INK = "#161616";
  const AROUND = 22; // what the names of the rooms take around the picture
  const SMALLEST = 9; // pixels: beneath, a name is hard to read
  const star = new Path2D(data.star);
  const marks = new Map(Object.entries(data.marks).map(([name, [colour, path, detail]]) =>
    [name, { colour, path: new Path2D(path), detail: new Path2D(detail) }]));
  const near = new Map(data.nodes.map((node) => [node.id, new Set([node.id])]));
  for (const edge of data.edges) {
    near.get(edge.from).add(edge.to);
    near.get(edge.to).add(edge.from);
  }
  let picture = names;
  let wish = null; // the layout that the person asked for
  let chosen = null;

  // Marks and labels ------------------------------------------------------------------------

  function drawMark(ctx, node, x, y) {
    const mark = marks.get(node.mark);
    const size = picture.radius / 11 * (node.part === "centre" ? 1.3 : 1);
    ctx.save();
    ctx.globalAlpha = shade(node);
    ctx.translate(x, y);
    ctx.scale(size, size);
    ctx.lineJoin = "round";
    if (node.catalyst) {
      ctx.fillStyle = "#111111";
      ctx.fill(star);
      ctx.fillStyle = "#ffffff";
      ctx.beginPath();
      ctx.arc(0, 0, 12.5, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.fillStyle = mark.colour;
    ctx.fill(mark.path);
    ctx.fillStyle = ctx.strokeStyle = INK;
    ctx.fill(mark.detail);
    ctx.lineWidth = 1.8;
    ctx.stroke(mark.path);
    if (node.id === chosen) {
      ctx.strokeStyle = "#0b57d0";
      ctx.lineWidth = 3;
      ctx.strokeRect(-18, -18, 36, 36);
    }
    ctx.restore();
  }

  function shade(node) {
    return chosen === null || near.get(chosen).has(node.id) ? 1 : 0.5;
  }

  function drawLines(ctx, spot, x, y, weight, alpha) {
    ctx.save();
    ctx.globalAlpha = alpha;
    ctx.font = `${weight} ${picture.font}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "#ffffff";
    ctx.fillStyle = INK;
    spot.lines.forEach((line, i) => {
      const top = y + picture.radius * 1.35 + i * picture.font * 1.25;
      ctx.strokeText(line, x, top, spot.width);
      ctx.fillText(line, x, top, spot.width);
    });
    ctx.restore();
  }

  function renderer(node) {
    return ({ ctx, x, y }) => ({
      drawNode() { drawMark(ctx, node, x, y); },
      drawExternalLabel() {
        const weight = node.part === "between" ? 400 : 600;
        drawLines(ctx, picture.spots[node.id - 1], x, y, weight, shade(node));
      },
      nodeDimensions: { width: 2.6 * picture.radius, height: 2.6 * picture.radius },
    });
  }

  // Rooms -----------------------------------------------------------------------------------

  function drawRooms(ctx) {
    for (const room of picture.rooms) {
      ctx.save();
      ctx.fillStyle = ctx.strokeStyle = room.colour;
      ctx.globalAlpha = 0.09;
      ctx.beginPath();
      ctx.moveTo(0, 0);
      ctx.ellipse(0, 0, picture.width, picture.height, 0, room.start, room.end);
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.lineWidth = 4;
      ctx.beginPath();
      ctx.ellipse(0, 0, picture.width, picture.height, 0, room.start, room.end);
      ctx.stroke();
      ctx.restore();
      nameRoom(ctx, room);
    }
  }

  function nameRoom(ctx, room) {
    ctx.save();
    ctx.font = `600 ${picture.font}px ${FONT}`;
    ctx.fillStyle = INK;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const fits = (label) => ctx.measureText(label).width < arcLength(room);
    const label = room.labels.find(fits);
    if (label) writeAlong(ctx, room, label);
    ctx.restore();
  }

  const wide = () => picture.width + 12;
  const high = () => picture.height + 12;
  const speed = (angle) => Math.hypot(wide() * Math.sin(angle), high() * Math.cos(angle));

  function arcLength(room) {
    const part = (room.end - room.start) / 32;
    let length = 0;
    for (let i = 0; i < 32; i += 1) length += part * speed(room.start + (i + 0.5) * part);
    return length;
  }

  function writeAlong(ctx, room, label) {
    const middle = (room.start + room.end) / 2;
    const low = Math.sin(middle) > 0;
    const way = low ? -1 : 1;
    const letters = [...label].map((letter) => [letter, ctx.measureText(letter).width]);
    const total = letters.reduce((sum, [, width]) => sum + width, 0);
    let angle = middle;
    for (let i = 0; i < 32; i += 1) angle -= way * total / 64 / speed(angle);
    for (const [letter, width] of letters) {
      angle += way * width / 2 / speed(angle);
      ctx.save();
      ctx.translate(wide() * Math.cos(angle), high() * Math.sin(angle));
      const tangent = Math.atan2(high() * Math.cos(angle), -wide() * Math.sin(angle));
      ctx.rotate(low ? tangent + Math.PI : tangent);
      ctx.fillText(letter, 0, 0);
      ctx.restore();
      angle += way * width / 2 / speed(angle);
    }
  }

  function drawOthers(ctx) {
    for (const room of picture.rooms) {
      if (room.others) {
        const { x, y } = room.others;
        drawLines(ctx, room.others, x, y - picture.radius * 1.35, 600, 1);
      }
    }
  }

  // The picture -----------------------------------------------------------------------------

  const at = (node) => ({ x: picture.spots[node.id - 1].x, y: picture.spots[node.id - 1].y });
  const nodes = new vis.DataSet(
    data.nodes.map((node) => ({ ...node, ...at(node), ctxRenderer: renderer(node) })));
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(canvas, { nodes, edges }, { ...data.options, autoResize: false });
  network.on("beforeDrawing", drawRooms);
  network.on("afterDrawing", drawOthers);
  for (const frame of canvas.querySelectorAll("[tabindex]")) frame.tabIndex = -1;

  const scaleOf = (layout, width, height) => Math.min(
    width / 2 / (layout.width + AROUND), height / 2 / (layout.height + AROUND), 1.3);

  function highestAt(width) {
    return width < 640 ? 2 * width : Math.max(480, window.innerHeight - 150);
  }

  function fit(width = canvas.clientWidth, highest = highestAt(width)) {
    const readable = scaleOf(names, width, highest) * names.font >= SMALLEST;
    show(wish || (readable ? names : numbers));
    const whole = scaleOf(picture, width, highest);
    const scale = wish === names ? Math.max(whole, 12 / names.font) : whole;
    // Where one moves about, a part of the screen stays free to scroll the page with.
    const limit = scale > whole ? Math.min(highest, 0.6 * window.innerHeight) : highest;
    const height = Math.min(Math.ceil(2 * scale * (picture.height + AROUND)), limit);
    canvas.style.height = `${height}px`;
    network.setSize(`${width}px`, `${height}px`);
    network.moveTo({ position: { x: 0, y: 0 }, scale });
    // Now, for what is printed is what stands in the canvas at this moment; and twice, for the
    // library leaves out what stood outside at the last drawing.
    network.redraw();
    network.redraw();
  }

  function show(layout) {
    if (layout !== picture) {
      picture = layout;
      nodes.update(data.nodes.map((node) => ({ id: node.id, ...at(node) })));
    }
    setFree(wish !== null);
    buttons.noms.textContent = picture === names ? "Montrer les numéros" : "Montrer les noms";
  }

  // What a person does ----------------------------------------------------------------------

  const buttons = Object.fromEntries([...document.querySelectorAll("[data-fait]")]
    .map((button) => [button.dataset.fait, button]));

  /** Whether one may move about; else a finger on the drawing scrolls the page. */
  function setFree(free) {
    network.setOptions({ interaction: { dragView: free } });
    canvas.classList.toggle("libre", free);
  }

  function zoom(factor) {
    setFree(true);
    network.moveTo({ scale: Math.min(Math.max(network.getScale() * factor, 0.1), 5) });
  }

  function choose(number) {
    chosen = number;
    if (number === null) network.unselectAll();
    else network.selectNodes([number]);
    network.redraw();
  }

  buttons.plus.onclick = () => zoom(1.3);
  buttons.moins.onclick = () => zoom(1 / 1.3);
  buttons.tout.onclick = () => { wish = null; fit(); };
  buttons.noms.onclick = () => { wish = picture === names ? numbers : names; fit(); };
  document.querySelector(".outils").hidden = false;

  network.on("selectNode", ({ nodes: [number] }) => {
    const card = cardOf.get(number);
    card.open = true;
    card.scrollIntoView({ block: "nearest" });
  });
  network.on("deselectNode", ({ nodes: now }) => { if (!now.length) choose(null); });
  let printing = false;
  for (const card of cards) {
    card.addEventListener("toggle", () => {
      const number = Number(card.dataset.numero);
      if (printing) return;
      if (card.open) {
        for (const other of cards) if (other !== card) other.open = false;
        choose(number);
      } else if (chosen === number) choose(null);
    });
  }

  const opened = new Set();
  window.addEventListener("beforeprint", () => {
    printing = true;
    for (const card of cards) {
      if (card.open) opened.add(card);
      card.open = true;
    }
    fit(600, 800);
  });
  window.addEventListener("afterprint", () => {
    for (const card of cards) card.open = opened.has(card);
    opened.clear();
    setTimeout(() => { printing = false; });
    fit();
  });
  let width = 0;
  new ResizeObserver(() => requestAnimationFrame(() => {
    if (!printing && canvas.clientWidth !== width) {
      width = canvas.clientWidth;
      fit();
    }
  })).observe(canvas.parentElement);
})();
