"""What a node is called elsewhere: Wikidata and the Hub are asked, and their answers judged.

    things      which nodes are asked about, and what identifiers we hold for each
    wikidata    a name → items of Wikidata
    hub         a name → repositories of the Hub
    candidates  one outside record, as both services give it
    kinds       what a short description says that a thing is
    judge       candidates → the one link that can be stood by, or none; asks nobody
    run         asks, one thing after the other, until a service stops answering
    record      what was found, or that nothing was, and when
    apply       stored links → nodes

Nobody is asked unless somebody runs ``kg lookup``.
"""
