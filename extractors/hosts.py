"""Endings of host names, and the hosts whose subdomains are pages of their own.

Facts about the domain name system that tell a bare host (``foo.github.io``) from a file (``model.py``), a piece of
code (``torch.nn``) or a missing space. Source: the IANA list of top-level domains, in part.
"""

from __future__ import annotations

# Every country code in use.
_COUNTRY = """
    ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca
    cc cd cf cg ch ci ck cl cm cn co cr cu cv cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo
    fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it
    je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm
    mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn
    pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf
    tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """
COUNTRY_ENDINGS = frozenset(_COUNTRY.split())

# The generic ones that papers link to.
_GENERIC = """
    academy aero agency ai app arpa art asia audio berlin bio biz blog bond bot build camera capital care
    cat center chat city click cloud club codes com company computer cool coop cyou data day design dev
    digital earth eco edu education email energy engineer engineering expert farm finance foundation fun
    fund game games global gmbh google gov green group guru health host hosting how icu inc info institute
    int jobs land life link live llc lol london ltd market media mil mobi moe money moscow museum music name
    net network new news ninja nyc one online org page paris photo photos pics plus press pro pub quest
    report review reviews robot robots rocks run sbs school science services shop site social software
    solutions space store studio support swiss systems team tech technology tel tokyo tools top travel
    university ventures video vip vision web website wiki works world xyz zone
    """
GENERIC_ENDINGS = frozenset(_GENERIC.split())

ENDINGS = COUNTRY_ENDINGS | GENERIC_ENDINGS

# Endings that are far more often those of files, code or ordinary words; a bare host needs more than one of these.
_DOUBTFUL = """
    ai al am an art as at audio be bio build by care cc cm data day design do es et game games host how id
    im in int is it js km la link md me ml mm ms music my name new no nu one or page pl plus pro ps pt py re
    report review reviews rs run sc se sh si sm so st support to tools us va video vs web works
    """
DOUBTFUL_ENDINGS = frozenset(_DOUBTFUL.split())

# Below these anyone can have a page; the hosts themselves are places to look, not addresses of something.
HOSTING = (
    "github.io",
    "gitlab.io",
    "pages.dev",
    "vercel.app",
    "netlify.app",
    "readthedocs.io",
    "hf.space",
    "streamlit.app",
    "web.app",
    "herokuapp.com",
    "workers.dev",
    "onrender.com",
    "firebaseapp.com",
    "github.com",
    "gitlab.com",
    "huggingface.co",
    "4open.science",
    "youtu.be",
    "aka.ms",
    "sites.google.com",
    "gradio.live",
)
