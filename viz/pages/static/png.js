// @ts-check
/** The picture of a page as PNG: where this runs, a link stands beside that of the SVG file. */

const SCALE = 2;

/**
 * @param {string} address of an SVG file of this site
 * @returns {Promise<Blob>}
 */
async function drawn(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** @param {Blob} blob @param {string} name */
function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function offer() {
  for (const svg of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll(".fichiers a[data-svg]:not([data-png])"))) {
    const png = document.createElement("a");
    png.href = svg.href;
    png.textContent = "PNG";
    png.addEventListener("click", async (event) => {
      event.preventDefault();
      keep(await drawn(svg.href), `${svg.dataset.svg}.png`);
    });
    svg.dataset.png = "";
    svg.after(" ", png);
  }
}

offer();
// What a visit has put in the place of what was there.
document.addEventListener("alliage:remplace", offer);
