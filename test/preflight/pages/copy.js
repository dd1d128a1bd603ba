// Writes the card into the page with innerHTML, and what has become of it there into another place, as pages do.
{
  const [first, second] = ['first', 'second'].map((id) => document.getElementById(id));
  const request = new XMLHttpRequest();
  request.open('GET', first.dataset.card, false);
  request.send();
  first.innerHTML = request.responseText;
  second.innerHTML = first.innerHTML;
  first.innerHTML = second.innerHTML;
}
