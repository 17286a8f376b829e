"""What is drawn: nodes, nets, wires and frames (`model`), made from a graph of Values (`build`), partly collapsed."""
