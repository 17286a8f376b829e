"""From what can be drawn to a picture: diagram, placement, finish (`draw`), and the picture that saves itself."""
