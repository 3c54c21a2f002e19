"""COCO: pictures, classes and the boxes that are known to be true, in one JSON file.

What the models answered stands apart, under `predictions`, in the form of COCO results;
`pycocotools` passes over it unless it is handed to `loadRes`.
"""

from collections.abc import Iterable, Iterator, Mapping

from feedback.export.chunks import dump, dump_array
from feedback.export.pictures import file_name_of
from feedback.export.provenance import EXPORT_SCHEMA, Provenance
from feedback.export.spool import ClassName, Picture, Prediction, Spool, Truth
from feedback.record import Feedback

DESCRIPTION = "glip-demo: what people said of boxes"


def write_coco(records: Iterable[Feedback], provenance: Provenance) -> Iterator[bytes]:
    """Yield the file, after the last rating has come in: it is sorted in a temporary file."""
    with Spool(records) as spool:
        lists: Mapping[str, Iterator[object]] = {
            "images": map(_image, spool.pictures()),
            "categories": map(_category, spool.classes()),
            "annotations": (_annotation(*numbered) for numbered in enumerate(spool.truths(), 1)),
            "predictions": map(_prediction, spool.predictions()),
        }
        yield b'{"info":' + dump(_info(provenance))
        for name, items in lists.items():
            yield b",\n" + dump(name) + b":"
            yield from dump_array(items)
        yield b"}\n"


def _info(provenance: Provenance) -> Mapping[str, object]:
    return {
        "description": DESCRIPTION,
        "version": str(EXPORT_SCHEMA),
        "year": provenance.exported_at.year,
        "date_created": provenance.exported_at.isoformat(),
        "glip_export": provenance.facts(),
    }


def _image(picture: Picture) -> Mapping[str, object]:
    return {
        "id": picture.id,
        "file_name": file_name_of(picture.digest),
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.digest,
        "ratings": picture.ratings,
        "judged": bool(picture.judged),
        "settled": bool(picture.settled),
    }


def _category(one: ClassName) -> Mapping[str, object]:
    return {"id": one.id, "name": one.name, "supercategory": ""}


def _annotation(number: int, truth: Truth) -> Mapping[str, object]:
    return {"id": number, **_place(truth), "iscrowd": 0, "votes": truth.votes}


def _prediction(found: Prediction) -> Mapping[str, object]:
    return {
        **_place(found),
        "score": found.score,
        "model_id": found.model_id,
        "revision": found.revision,
        "variant": found.variant,
        "right": found.right,
        "wrong": found.wrong,
        "wrong_label": found.wrong_label,
    }


def _place(box: Truth | Prediction) -> Mapping[str, object]:
    """Whose box, and where: corner, width, height in pixels, and the area in square pixels."""
    width, height = round(box.x2 - box.x1, 2), round(box.y2 - box.y1, 2)
    return {
        "image_id": box.picture_id,
        "category_id": box.class_id,
        "bbox": [box.x1, box.y1, width, height],
        "area": round(width * height, 2),
    }
