"""The plans of the bundled scenes: what stands in each, what is asked, what is right."""

from dataclasses import dataclass

Answers = tuple[tuple[int, ...], ...]  # for each phrase in order, which of the things it means


@dataclass(frozen=True)
class Example:
    """One bundled scene: what to draw, and what to ask."""

    name: str
    seed: int
    things: tuple[tuple[str, str | None, float], ...]  # English name, colour, share
    english: str
    chinese: str
    answers_en: Answers
    answers_zh: Answers


EXAMPLES = (
    Example(
        "pets",
        2,
        (
            ("dog", None, 0.3),
            ("cat", None, 0.26),
            ("circle", "red", 0.22),
            ("star", "blue", 0.15),
            ("rabbit", None, 0.18),
        ),
        "a red circle . the dog",
        "红色圆形。狗",
        answers_en=((2,), (0,)),
        answers_zh=((2,), (0,)),
    ),
    Example(
        "street",
        6,
        (
            ("bus", None, 0.34),
            ("taxi", None, 0.24),
            ("bicycle", None, 0.24),
            ("palm tree", None, 0.3),
            ("house", None, 0.26),
        ),
        "find the bus and a bicycle beside the palm tree",
        "图中有公交车和自行车",
        answers_en=((0,), (2,), (3,)),
        answers_zh=((0,), (2,)),
    ),
    Example(
        "breakfast",
        61,
        (
            ("coffee", None, 0.26),
            ("croissant", None, 0.26),
            ("fried egg", None, 0.28),
            ("strawberry", None, 0.16),
            ("strawberry", None, 0.15),
            ("banana", None, 0.22),
            ("spoon", None, 0.2),
        ),
        "coffee . a croissant . two strawberries",
        "咖啡。羊角面包。香蕉",
        answers_en=((0,), (1,), (3, 4)),
        answers_zh=((0,), (1,), (5,)),
    ),
    Example(
        "shapes",
        105,
        (
            ("triangle", "green", 0.22),
            ("ring", "blue", 0.26),
            ("hexagon", "yellow", 0.2),
            ("heart", "pink", 0.24),
            ("triangle", "red", 0.16),
            ("arrow", "black", 0.22),
            ("square", "purple", 0.15),
        ),
        "red triangle . a blue ring . pink heart . purple square",
        "红色三角形。蓝色圆环。粉色心形。紫色正方形",
        answers_en=((4,), (1,), (3,), (6,)),
        answers_zh=((4,), (1,), (3,), (6,)),
    ),
    Example(
        "sizes",
        25,
        (
            ("elephant", None, 0.42),
            ("elephant", None, 0.13),
            ("fish", None, 0.34),
            ("fish", None, 0.12),
            ("umbrella", None, 0.2),
        ),
        "small elephant . large elephant . the small fish",
        "小大象。大的大象。小的鱼",
        answers_en=((1,), (0,), (3,)),
        answers_zh=((1,), (0,), (3,)),
    ),
    Example(
        "band",
        27,
        (
            ("guitar", None, 0.32),
            ("drum", None, 0.24),
            ("trumpet", None, 0.28),
            ("microphone", None, 0.2),
            ("cat", "blue", 0.22),
        ),
        "show me the guitar with a drum and a blue cat",
        "找出吉他和鼓以及蓝色的猫",
        answers_en=((0,), (1,), (4,)),
        answers_zh=((0,), (1,), (4,)),
    ),
    Example(
        "farm",
        13,
        (
            ("tractor", None, 0.34),
            ("cow", None, 0.28),
            ("pig", None, 0.22),
            ("sunflower", None, 0.22),
            ("chicken", None, 0.17),
        ),
        "there is a tractor next to the cow and a pig",
        "图中有拖拉机和奶牛",
        answers_en=((0,), (1,), (2,)),
        answers_zh=((0,), (1,)),
    ),
    Example(
        "sea",
        4,
        (
            ("octopus", None, 0.32),
            ("sailboat", None, 0.3),
            ("dolphin", None, 0.26),
            ("crab", None, 0.2),
            ("tropical fish", None, 0.16),
        ),
        "the octopus, a crab, a dragon",  # there is no dragon
        "章鱼，蟹，龙",
        answers_en=((0,), (3,), ()),
        answers_zh=((0,), (3,), ()),
    ),
    Example(
        "sky",
        33,
        (
            ("airplane", None, 0.3),
            ("helicopter", None, 0.28),
            ("rocket", None, 0.26),
            ("cloud", None, 0.26),
            ("moon", None, 0.2),
        ),
        "where is the helicopter near the moon",
        "请找到直升机以及火箭",
        answers_en=((1,), (4,)),
        answers_zh=((1,), (2,)),
    ),
    Example(
        "wardrobe",
        23,
        (
            ("dress", "blue", 0.32),
            ("guitar", None, 0.28),
            ("high heel", None, 0.22),
            ("clock", None, 0.22),
            ("sneaker", None, 0.2),
        ),
        "clothing . a blue dress",
        "服饰。蓝色连衣裙",
        answers_en=((0, 2, 4), (0,)),
        answers_zh=((0, 2, 4), (0,)),
    ),
    Example(
        "garden",
        13,
        (
            ("tree", None, 0.3),
            ("tulip", None, 0.26),
            ("cactus", None, 0.24),
            ("butterfly", None, 0.22),
            ("snail", None, 0.17),
        ),
        "plants . the butterfly . a snail",
        "植物。蝴蝶。蜗牛",
        answers_en=((0, 1, 2), (3,), (4,)),
        answers_zh=((0, 1, 2), (3,), (4,)),
    ),
    Example(
        "desk",
        30,
        (
            ("laptop", None, 0.34),
            ("alarm clock", None, 0.24),
            ("scissors", None, 0.22),
            ("pencil", None, 0.2),
            ("key", None, 0.15),
            ("key", None, 0.14),
        ),
        "a laptop . two keys . the alarm clock",
        "笔记本电脑。两把钥匙。铅笔",
        answers_en=((0,), (4, 5), (1,)),
        answers_zh=((0,), (4, 5), (3,)),
    ),
)
